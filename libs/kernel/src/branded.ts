declare const brand: unique symbol;

/** A `Base` that went through the checked constructor of `Name`; only that constructor makes one. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };
