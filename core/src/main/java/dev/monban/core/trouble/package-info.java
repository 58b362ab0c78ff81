/**
 * People who are stuck: their attempts until success or giving up, and why. {@link
 * dev.monban.core.trouble.Troubles} is a fold over the same log of attempts that the watch learns
 * from; it sees only attempts of people whom their account, or their house, knows, so that nobody
 * comes to the support desk by attacking.
 */
@NullMarked
package dev.monban.core.trouble;

import org.jspecify.annotations.NullMarked;
