// Sends the form on at once; without scripts the button does it.
document.getElementById('form-post').submit();
