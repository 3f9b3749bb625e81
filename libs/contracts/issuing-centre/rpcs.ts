/** Questions that this context answers to its neighbours. */
export const issuingCentreProto = new URL('./proto/issuing_centre.proto', import.meta.url);
