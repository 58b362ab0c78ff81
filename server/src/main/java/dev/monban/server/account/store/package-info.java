/** The rows of accounts. */
@NullMarked
package dev.monban.server.account.store;

import org.jspecify.annotations.NullMarked;
