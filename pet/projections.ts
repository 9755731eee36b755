import { activityFeed } from './activity/feed.ts'

/** The read models that follow the log. The others are kept by the append itself: see the migrations. */
export const petProjections = [activityFeed]
