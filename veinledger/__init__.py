"""An event-sourced ledger of CAR-T encounters, from vein to vein and on to the claim."""
