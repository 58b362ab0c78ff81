/** What people log in to, and their own page about it. */
@NullMarked
package dev.monban.server.account;

import org.jspecify.annotations.NullMarked;
