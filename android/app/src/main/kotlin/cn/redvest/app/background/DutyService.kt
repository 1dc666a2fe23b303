package cn.redvest.app.background

import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import cn.redvest.app.App
import cn.redvest.app.MainActivity
import cn.redvest.app.R
import kotlinx.coroutines.launch

/** Keeps the app alive on a duty shift, so that it syncs every minute; its notice says so and leads to the app. */
class DutyService : Service() {
    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        val app = application as App
        val open = PendingIntent.getActivity(this, 0, Intent(this, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        val notice = Channels.builder(this, Channels.DUTY)
            .setSmallIcon(R.drawable.ic_duty)
            .setContentTitle(getString(R.string.on_duty))
            .setContentText(getString(R.string.on_duty_notice))
            .setContentIntent(open)
            .setOngoing(true)
            .build()
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            startForeground(NOTICE, notice, ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC)
        } else {
            startForeground(NOTICE, notice)
        }
        if (!app.settings.onDuty) stopSelf() else app.scope.launch { app.look() }
        return START_STICKY
    }

    /** The system allows so many hours a day; afterwards jobs go on, and the shift is not over for that. */
    override fun onTimeout(startId: Int, fgsType: Int) {
        stopSelf()
    }

    companion object {
        private const val NOTICE = 1

        /** Begins or ends the shift. */
        fun set(context: Context, on: Boolean) {
            val app = context.applicationContext as App
            app.settings.onDuty = on
            val service = Intent(context, DutyService::class.java)
            if (on) context.startForegroundService(service) else context.stopService(service)
            app.scope.launch { app.look() }
        }
    }
}
