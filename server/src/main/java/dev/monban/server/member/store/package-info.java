/** The rows of members and invitations. */
@NullMarked
package dev.monban.server.member.store;

import org.jspecify.annotations.NullMarked;
