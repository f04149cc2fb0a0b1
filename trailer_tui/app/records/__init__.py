"""The images table's records: their order, the pages fetched of them, and how a row is drawn."""
