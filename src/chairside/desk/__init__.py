"""Pages of the desk: sign-in, Today, patients, people, and the site's signed library."""
