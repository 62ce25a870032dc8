"""`python -m workstation.ctl`."""

from workstation.ctl import main

main()
