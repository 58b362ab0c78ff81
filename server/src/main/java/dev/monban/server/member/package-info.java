/** How people come to an organisation, and how those who look after it see them. */
@NullMarked
package dev.monban.server.member;

import org.jspecify.annotations.NullMarked;
