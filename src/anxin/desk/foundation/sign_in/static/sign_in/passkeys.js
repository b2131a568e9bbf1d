// Says in words what the library's script would only write to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const words = document.getElementById("passkey_error");
  if (words) words.hidden = false;
});
document.addEventListener("click", () => {
  const words = document.getElementById("passkey_error");
  if (words) words.hidden = true;
});
