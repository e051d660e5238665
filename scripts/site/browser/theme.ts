// Before anything is drawn: the colours that the reader chose here before, else those of the system.

export const theme = localStorage.getItem('brigade-theme');
if (theme !== null) document.documentElement.dataset.theme = theme;
