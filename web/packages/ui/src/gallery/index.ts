/** Apart from the design system itself: nobody who uses the apps loads it. */
export { Gallery } from './Gallery';
