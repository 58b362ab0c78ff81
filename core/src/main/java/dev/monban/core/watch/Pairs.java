package dev.monban.core.watch;

/**
 * What decides about somebody at the door, as keyed hashes: without the key they tell nothing.
 *
 * @param account by itself
 * @param device the account and the device; 0 where none was presented
 * @param address the account and the neighbourhood of its address
 */
public record Pairs(long account, long device, long address) {}
