"""One page on this laptop for a finger or a pen: it is shown once, takes one signature, and is gone."""
