import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldError, Refused } from '../refused.ts';

/** Bodies and queries hold exactly what their class says: a field that it does not know is refused, not dropped. */
export function validation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    exceptionFactory: invalid,
  });
}

/** Names each field that does not fit. */
export function invalid(errors: ValidationError[]): Refused {
  return new Refused('request.invalid', { errors: errors.flatMap((error) => fieldErrors(error)) });
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}
