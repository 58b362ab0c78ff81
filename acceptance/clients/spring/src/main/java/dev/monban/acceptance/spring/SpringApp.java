package dev.monban.acceptance.spring;

import com.nimbusds.jose.jwk.JWK;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.endpoint.NimbusJwtClientAuthenticationParametersConverter;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signs people in with what Spring does by itself; the private key is all that is added. */
@SpringBootApplication
@RestController
public class SpringApp {

    public static void main(String[] arguments) {
        SpringApplication.run(SpringApp.class, arguments);
    }

    /** Who is signed in, by the claims of the ID token and the user info. */
    @GetMapping("/")
    String name(@AuthenticationPrincipal OidcUser user) {
        return "signed in: " + user.getFullName();
    }

    /** Spring makes the assertions; where the private key comes from is up to the application. */
    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        JWK key = JWK.parse(System.getenv("ASSERTION_KEY"));
        RestClientAuthorizationCodeTokenResponseClient tokens =
                new RestClientAuthorizationCodeTokenResponseClient();
        tokens.addParametersConverter(
                new NimbusJwtClientAuthenticationParametersConverter<>(registration -> key));
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2Login(login ->
                        login.tokenEndpoint(endpoint -> endpoint.accessTokenResponseClient(tokens)))
                .build();
    }
}
