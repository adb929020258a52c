"""A source and a result side by side: registered, and what is known of the two together. What the measures of a result look at."""
