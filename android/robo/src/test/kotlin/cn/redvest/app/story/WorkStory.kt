package cn.redvest.app.story

import android.Manifest
import android.content.Context
import android.location.Location
import android.location.LocationManager
import android.os.SystemClock
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.core.TicketDetail
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock
import java.time.Duration

/** Stories of one member's work on a ticket; what others do before it is done through the core. */
abstract class WorkStory : Story() {
    /** Somebody reports. */
    protected fun reported(category: String = "M06010", place: String = "滨江路1号"): String = asSomebody("li") { reports(1, place, category) }

    /** Somebody's own phone, showing a ticket. */
    protected fun opened(who: String, ticket: String): Robot = enrolled(who).open(TicketActivity.intent(app, ticket))

    /** The form in front ends, and the screen below is in front. */
    protected fun ended(): Robot {
        robot.await("the form to end") { true.takeIf { robot.screen.isFinishing } }
        return robot.back()
    }

    /** Waits until words are no longer on the screen. */
    protected fun gone(words: String): Boolean = robot.await("the end of “$words”") { true.takeIf { words !in robot.said() } }

    /** What the core says of a ticket. */
    protected fun detail(id: String): TicketDetail = robot.core { core -> core.ask { ticket(id) } }

    /** The user lets the app take photos and measure. */
    protected fun allow(): Unit = shadowOf(app).grantPermissions(
        Manifest.permission.CAMERA, Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION,
    )

    /** The phone measures that it is so many metres north of the middle of the first grid, so exactly. */
    protected fun stands(north: Int, metres: Float = 6f) {
        // A phone tells of the next measurement a second later at the earliest, and the last one counts for some seconds.
        ShadowSystemClock.advanceBy(Duration.ofSeconds(30))
        val manager = app.getSystemService(Context.LOCATION_SERVICE) as LocationManager
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(manager).simulateLocation(Location(LocationManager.GPS_PROVIDER).apply {
            latitude = 31.2325 + north / 111_195.0
            longitude = 121.4725
            accuracy = metres
            time = app.now()
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
        })
    }
}
