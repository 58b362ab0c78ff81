// Sends the answer on without a press of the button (OAuth 2.0 Form Post Response Mode).
document.getElementById("form-post").submit();
