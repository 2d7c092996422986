"""When the patient was in the hospital, and as what: arrivals, changes of class, leavings."""
