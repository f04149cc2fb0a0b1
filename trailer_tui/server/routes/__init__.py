"""The HTTP interface under `/v1`, one router an area. `trailer_tui.client.client` is its index."""
