/** An application of others' making: Spring Security's OAuth 2 client, for the tests from outside. */
package dev.monban.acceptance.spring;
