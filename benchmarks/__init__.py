"""Speed, as ratios to baselines measured in the same run. Printed by `make bench`, asserted by nothing."""
