"""The audit trail on the screen, as a table for a spreadsheet, and as a document to print."""
