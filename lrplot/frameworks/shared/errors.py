"""What Python raises in a framework's formula, as it prints it."""

DIVISION = "ZeroDivisionError: division by zero"
FLOAT_DIVISION = "ZeroDivisionError: float division by zero"
MODULO = "ZeroDivisionError: integer modulo by zero"
ZERO_POWER = "ZeroDivisionError: 0.0 cannot be raised to a negative power"
OVERFLOW = "OverflowError: (34, 'Numerical result out of range')"
