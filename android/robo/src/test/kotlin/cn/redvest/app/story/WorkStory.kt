package cn.redvest.app.story

import android.Manifest
import android.content.Context
import android.location.Location
import android.location.LocationManager
import android.os.SystemClock
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.core.Device
import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.core.Position
import cn.redvest.core.TicketDetail
import cn.redvest.sdk.by
import cn.redvest.sdk.report
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock
import java.time.Duration

/** The middles of the two grids that the grid manager's community has. */
val IN_FIRST: Position = Position(312_325_000, 1_214_725_000)
val IN_SECOND: Position = Position(312_325_000, 1_214_775_000)

/** Stories of one member's work on a ticket; what others do before it is done through the core. */
abstract class WorkStory : Story() {
    /** Reports through the core. */
    protected fun Device.reports(number: Int, place: String, category: String = "M06010", at: Position = IN_FIRST): String {
        val photo = importPhoto(file(number))
        return report(report(category, at, listOf(photo.hash), exactly(at), place = place), by("很多袋子")).ticket
    }

    /** Somebody reports. */
    protected fun reported(category: String = "M06010", place: String = "滨江路1号"): String = asSomebody("li") { reports(1, place, category) }

    /** A good measurement at a place. */
    protected fun exactly(at: Position): Fix = Fix(at, 500u, FixSource.SATELLITE, 0u, false)

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
