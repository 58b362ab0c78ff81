/** The pages of an organisation's administrators. */
@NullMarked
package dev.monban.server.member.page;

import org.jspecify.annotations.NullMarked;
