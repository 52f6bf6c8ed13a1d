"""The findings table: its schema, stable keys, order and suggestions."""
