-- Here the index is brought up to date by each change itself.
SELECT 1;
