package cn.redvest.app.background

import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import cn.redvest.app.App
import cn.redvest.sdk.Conditions
import cn.redvest.sdk.Network

/** What only the phone knows about when to sync. */
class PhoneConditions(private val app: App) {
    /** How it is now. */
    fun now(): Conditions = Conditions(
        onDuty = app.settings.onDuty,
        inFront = app.isInFront,
        network = network(),
        charging = app.getSystemService(BatteryManager::class.java)?.isCharging == true,
        originalsOnMetered = !app.settings.wifiOnly,
        transferJobs = Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE,
    )

    private fun network(): Network {
        val manager = app.getSystemService(ConnectivityManager::class.java) ?: return Network.NONE
        val can = manager.activeNetwork?.let(manager::getNetworkCapabilities) ?: return Network.NONE
        return when {
            !can.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) -> Network.NONE
            can.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) -> Network.UNMETERED
            else -> Network.METERED
        }
    }
}
