// Asks the browser for a passkey, to add one or to sign in. The page works without.
{
  const form = document.querySelector("form[data-passkey]");
  const options = JSON.parse(form.dataset.options);
  const failed = form.querySelector("[data-failed]");

  const send = (credential) => {
    form.elements.response.value = JSON.stringify(credential);
    form.submit();
  };

  if (form.dataset.passkey === "create") {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
        send(await navigator.credentials.create({ publicKey }));
      } catch {
        failed.hidden = false;
      }
    });
  } else if (window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const inFields = new AbortController();
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      inFields.abort();
      try {
        send(await navigator.credentials.get({ publicKey }));
      } catch {
        failed.hidden = false;
      }
    });
    // Where the browser can, it offers passkeys in the field for the login name.
    PublicKeyCredential.isConditionalMediationAvailable?.().then(async (available) => {
      if (available) {
        try {
          send(
            await navigator.credentials.get({
              publicKey,
              mediation: "conditional",
              signal: inFields.signal,
            }),
          );
        } catch {
          // Nobody chose one there.
        }
      }
    });
  }
}
