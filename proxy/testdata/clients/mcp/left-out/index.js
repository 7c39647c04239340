// Stands for what the tests need nothing of.
