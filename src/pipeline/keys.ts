/** Keys of a telephone (RFC 4733, 3.2), as a class of a regular expression: for what a model and a client may send. */
export const keyClass = '[0-9*#A-D]';
