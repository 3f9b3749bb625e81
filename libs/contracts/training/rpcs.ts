/** Questions that this context answers to its neighbours. */
export const trainingProto = new URL('./proto/training.proto', import.meta.url);
