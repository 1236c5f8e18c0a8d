"""What people are drawn from: countries, occupations and words, in English and in Chinese. Written for personabench; no
employer in it exists."""
