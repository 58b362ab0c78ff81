package dev.monban.core.watch;

/**
 * One try at one step, as facts.
 *
 * @param approach what was known before the credential was checked
 * @param check what the check said
 */
public record Attempt(Approach approach, Check check) {}
