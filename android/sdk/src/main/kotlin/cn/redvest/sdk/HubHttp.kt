package cn.redvest.sdk

import cn.redvest.core.HttpBody
import cn.redvest.core.HttpHeader
import cn.redvest.core.HttpReply
import cn.redvest.core.HttpRequest
import cn.redvest.core.NetFailure
import java.io.File
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.TimeUnit
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrlOrNull
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.Request
import okhttp3.Response
import okio.Buffer
import okio.BufferedSource

/** Longest wait for a connection, in seconds. */
private const val CONNECT = 15L

/** Longest wait for the first byte of a reply, in seconds: a hub under load answers late but does answer. */
private const val RESPONSE = 90L

/** Longest silence within a body, in seconds; a slow network that moves at all is not cut off. */
private const val SILENCE = 60L

/** Most bytes of a reply that says what is wrong. */
private const val MOST_OF_PROBLEM = 64L shl 10

/** How much is copied at once. */
internal const val PIECE = 64L shl 10

/**
 * There was no whole reply.
 *
 * @property failure what the core is told of it.
 */
public class NoReply(public val failure: NetFailure, cause: Throwable? = null) : IOException(failure.name, cause)

/** Hears of bytes that moved; called on any thread, often. */
public fun interface Moved {
    /** So many more bytes of bodies were sent and received. */
    public fun moved(up: Long, down: Long)
}

/**
 * The way to a hub on OkHttp: what a request of the core's says, and nothing else. A request with a pin trusts the one
 * certificate that has this fingerprint, one without trusts public authorities; plain HTTP reaches this machine alone;
 * redirects are not followed. Proxies are the platform's, or those of the client that is given.
 *
 * Safe from several threads; connections are kept. Cancelling the coroutine of a call cuts it off.
 *
 * @param base a client whose proxies and connection pool are to be used.
 */
public class HubHttp(base: OkHttpClient = OkHttpClient()) {
    private val open: OkHttpClient = base.newBuilder()
        .protocols(listOf(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .connectTimeout(CONNECT, TimeUnit.SECONDS)
        .readTimeout(RESPONSE, TimeUnit.SECONDS)
        .writeTimeout(SILENCE, TimeUnit.SECONDS)
        .callTimeout(0, TimeUnit.SECONDS)
        .build()
    private val pinned = ConcurrentHashMap<String, OkHttpClient>()

    /** Threads that wait for replies; unlike OkHttp's own they do not keep a process alive. */
    private val senders = Dispatchers.IO.asExecutor()

    /**
     * Sends a request and waits for its reply, whatever its status.
     *
     * @throws NoReply when there is no whole one.
     */
    public suspend fun call(request: HttpRequest, meter: Moved = Moved { _, _ -> }): HttpReply {
        val url = request.url.toHttpUrlOrNull() ?: throw NoReply(NetFailure.BROKEN)
        if (!isProtected(url)) throw NoReply(NetFailure.CERTIFICATE)
        val call = try {
            clientFor(url, request.pin).newCall(outgoing(url, request, meter))
        } catch (error: IllegalArgumentException) {
            // A header or a method that HTTP does not know.
            throw NoReply(NetFailure.BROKEN, error)
        }
        return suspendCancellableCoroutine { waiting ->
            waiting.invokeOnCancellation { call.cancel() }
            senders.execute {
                val reply = runCatching { call.execute().use { received(it, request, meter) } }
                reply.onSuccess { waiting.resume(it) }
                reply.onFailure { waiting.resumeWithException(NoReply(failureOf(it, call.isCanceled()), it)) }
            }
        }
    }

    private fun clientFor(url: HttpUrl, pin: String?): OkHttpClient = when {
        pin == null || !url.isHttps -> open
        else -> pinned.getOrPut(pin) {
            val trust = OneCertificate(pin)
            // The certificate is known by itself, so the name in it says nothing.
            open.newBuilder().sslSocketFactory(trust.sockets(), trust).hostnameVerifier { _, _ -> true }.build()
        }
    }

    private fun outgoing(url: HttpUrl, request: HttpRequest, meter: Moved): Request {
        val builder = Request.Builder().url(url)
        for (header in request.headers) builder.addHeader(header.name, header.value)
        if (request.headers.none { it.name.equals("user-agent", ignoreCase = true) }) {
            builder.header("user-agent", "redvest-android/${RedVest.VERSION}")
        }
        val body = when (val body = request.body) {
            HttpBody.Empty -> Bytes(ByteArray(0), meter).takeUnless { request.method == "GET" || request.method == "HEAD" }
            is HttpBody.Bytes -> Bytes(body.bytes, meter)
            is HttpBody.File -> FilePart(File(body.path), body.offset.toLong(), body.length.toLong(), meter)
        }
        return builder.method(request.method, body).build()
    }
}

/** Whether what is sent to this address cannot be read on the way: TLS, or never leaving this machine. */
internal fun isProtected(url: HttpUrl): Boolean =
    url.isHttps || url.host == "localhost" || url.host == "::1" || LOOPBACK.matches(url.host)

private val LOOPBACK = Regex("""127\.\d{1,3}\.\d{1,3}\.\d{1,3}""")

private fun received(response: Response, request: HttpRequest, meter: Moved): HttpReply {
    val headers = response.headers.map { (name, value) -> HttpHeader(name.lowercase(), value) }
    val source = response.body.source()
    source.timeout().timeout(SILENCE, TimeUnit.SECONDS)
    val most = request.most.coerceAtMost(Long.MAX_VALUE.toULong()).toLong()
    val path = request.saveTo
    val body = when {
        path == null -> read(source, most, meter)
        response.isSuccessful -> null.also { save(source, File(path), most, meter) }
        else -> read(source, MOST_OF_PROBLEM, meter)
    }
    return HttpReply(response.code.toUShort(), headers, body)
}

private fun read(source: BufferedSource, most: Long, meter: Moved): ByteArray {
    val whole = Buffer()
    while (true) {
        val count = source.read(whole, PIECE)
        if (count < 0) return whole.readByteArray()
        meter.moved(0, count)
        if (whole.size > most) throw NoReply(NetFailure.BROKEN)
    }
}

/** Writes a body to a new file; nothing is left behind when it does not arrive whole. */
private fun save(source: BufferedSource, file: File, most: Long, meter: Moved) {
    if (!file.createNewFile()) throw NoReply(NetFailure.BROKEN)
    try {
        file.outputStream().use { to ->
            val piece = Buffer()
            var written = 0L
            while (true) {
                val count = source.read(piece, PIECE)
                if (count < 0) return
                meter.moved(0, count)
                written += count
                if (written > most) throw NoReply(NetFailure.BROKEN)
                piece.writeTo(to)
            }
        }
    } catch (error: IOException) {
        file.delete()
        throw error
    }
}
