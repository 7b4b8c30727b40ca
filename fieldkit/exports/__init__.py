"""What leaves a device: which answers go to whom, and the documents they go in. Pure: no store, no clock, no file."""
