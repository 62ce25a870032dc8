"""What leaves the station for people and core banking: statement, receipt, permit."""
