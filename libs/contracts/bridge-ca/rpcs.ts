/** Questions that this context answers to its neighbours. */
export const bridgeCaProto = new URL('./proto/bridge_ca.proto', import.meta.url);
