/** Events of this context, in the order of the life of what they tell of. */
export const municipalIssuerEvents = [] as const;
