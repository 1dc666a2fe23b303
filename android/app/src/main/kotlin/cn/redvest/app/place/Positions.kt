package cn.redvest.app.place

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.sdk.position
import kotlin.math.roundToInt

/** Why the position is not measured. */
enum class Lost {
    /** The user does not let the app know where the phone is. */
    DENIED,

    /** The user turned it off for all apps. */
    OFF,
}

/** Where the phone is, as it settles. Measured only while a screen asks, since it empties the battery. */
class Positions(private val context: Context) {
    private val manager: LocationManager
        get() = requireNotNull(context.getSystemService(LocationManager::class.java)) { "every phone has this service" }
    private val settling = Settling()
    private var listener: LocationListener? = null

    /** Whether the user lets the app know where the phone is. */
    fun may(): Boolean = context.checkSelfPermission(Manifest.permission.ACCESS_FINE_LOCATION) ==
        PackageManager.PERMISSION_GRANTED

    /** Why nothing is measured; nothing where the phone measures. */
    fun lost(): Lost? = if (!may()) Lost.DENIED else if (!isOn()) Lost.OFF else null

    private fun isOn(): Boolean = manager.isProviderEnabled(LocationManager.GPS_PROVIDER) ||
        manager.isProviderEnabled(LocationManager.NETWORK_PROVIDER)

    /** Begins to measure; [moved] is called on the main thread whenever more is known. */
    @SuppressLint("MissingPermission")
    fun start(moved: () -> Unit) {
        if (listener != null || !may()) return
        val hears = object : LocationListener {
            override fun onLocationChanged(location: Location) {
                settling.take(location)
                moved()
            }

            // These three stand without a body of their own only from API 30 on.
            override fun onProviderEnabled(provider: String) = moved()

            override fun onProviderDisabled(provider: String) = moved()

            @Deprecated("Not called from API 29 on.")
            override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
        }
        listener = hears
        for (provider in listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)) {
            if (provider !in manager.allProviders) continue
            manager.getLastKnownLocation(provider)?.let(settling::take)
            manager.requestLocationUpdates(provider, 1000L, 0f, hears, Looper.getMainLooper())
        }
        moved()
    }

    /** Ends measuring. */
    fun stop() {
        listener?.let(manager::removeUpdates)
        listener = null
    }

    /** The best that is known now, with its age; nothing before the first measurement. */
    fun now(): Fix? = settling.best()?.let(::fix)
}

/** How long a more exact measurement is worth more than a newer one, in ms: about a minute of walking. */
private const val FRESH = 20_000L

/** Keeps the measurement that is worth most: the most exact of the last seconds, else the newest. */
class Settling(private val elapsedMs: () -> Long = SystemClock::elapsedRealtime) {
    private val taken = ArrayList<Location>()

    /** Takes a measurement. */
    fun take(location: Location) {
        taken += location
        taken.sortBy { it.elapsedRealtimeNanos }
        if (taken.size > 60) taken.removeAt(0)
    }

    /** The one that is worth most now. */
    fun best(): Location? {
        val since = elapsedMs() - FRESH
        val fresh = taken.filter { it.elapsedRealtimeNanos / 1_000_000 >= since }
        return fresh.minByOrNull { if (it.hasAccuracy()) it.accuracy else Float.MAX_VALUE } ?: taken.lastOrNull()
    }
}

/** A measurement as the core takes it. */
internal fun fix(location: Location): Fix {
    val age = SystemClock.elapsedRealtime() - location.elapsedRealtimeNanos / 1_000_000
    @Suppress("DEPRECATION") // Its replacement came with API 31.
    val mock = if (Build.VERSION.SDK_INT >= 31) location.isMock else location.isFromMockProvider
    return Fix(
        position = position(location.latitude, location.longitude),
        accuracyCm = if (location.hasAccuracy()) (location.accuracy * 100).roundToInt().toUInt() else null,
        source = when (location.provider) {
            LocationManager.GPS_PROVIDER -> FixSource.SATELLITE
            LocationManager.NETWORK_PROVIDER -> FixSource.NETWORK
            else -> FixSource.FUSED
        },
        ageMs = age.coerceIn(0, Int.MAX_VALUE.toLong()).toUInt(),
        mock = mock,
    )
}
