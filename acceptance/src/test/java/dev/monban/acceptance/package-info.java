/**
 * Looks at the running gate from outside, as browsers, clients, attackers and faults do. Knows its
 * command line and its protocols, and none of its code.
 */
@NullMarked
package dev.monban.acceptance;

import org.jspecify.annotations.NullMarked;
