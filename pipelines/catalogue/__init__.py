"""What is made of the data: measures, facts, units, drivers and frameworks as YAML, the models that check them, and the compiler to dbt."""
