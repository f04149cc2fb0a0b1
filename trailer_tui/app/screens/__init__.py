"""Full screens: each is a view on the server and owns its actions."""
