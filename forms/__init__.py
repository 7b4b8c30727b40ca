"""Forms: definitions, and the engine that runs them."""
