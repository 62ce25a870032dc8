"""Taking entries out of the station: tables, pages, tiles, a case for a court, a report."""
