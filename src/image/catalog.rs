//! Which images a store has: names to images, and what each of them holds.
