package cn.redvest.sdk

import cn.redvest.core.HttpBody
import cn.redvest.core.HttpReply
import cn.redvest.core.HttpRequest
import cn.redvest.core.NetFailure
import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.io.File
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ServerSocket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.OkHttpClient
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** Requests as the core writes them, against servers that do what servers do. */
class HubHttpTest {
    @TempDir
    lateinit var folder: File

    private val loopback = InetAddress.getLoopbackAddress()
    private var server: HttpServer? = null
    private val http = HubHttp()

    private fun serve(answer: (HttpExchange) -> Unit): String {
        val started = HttpServer.create(InetSocketAddress(loopback, 0), 0)
        started.createContext("/") { exchange -> exchange.use { answer(it) } }
        started.start()
        server = started
        return "http://127.0.0.1:${started.address.port}"
    }

    private fun HttpExchange.use(answer: (HttpExchange) -> Unit) = try {
        answer(this)
    } finally {
        close()
    }

    private fun HttpExchange.answer(status: Int, bytes: ByteArray) {
        sendResponseHeaders(status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
        responseBody.write(bytes)
    }

    @AfterEach
    fun stop() {
        server?.stop(0)
    }

    private fun request(
        url: String,
        method: String = "GET",
        body: HttpBody = HttpBody.Empty,
        saveTo: String? = null,
        most: Int = 100,
    ) = HttpRequest(1u, method, url, null, emptyList(), body, saveTo, most.toULong())

    private fun call(request: HttpRequest): HttpReply = runBlocking { http.call(request) }

    private fun failure(request: HttpRequest): NetFailure = assertThrows<NoReply> { call(request) }.failure

    @Test
    fun onlyTlsOrThisMachineIsProtected() {
        val allowed = mapOf(
            "https://hub.example.com" to true, "http://127.0.0.1:8440" to true, "http://localhost/" to true,
            "http://[::1]:1/" to true, "http://127.9.8.7" to true, "http://10.0.0.5" to false, "http://[::2]/" to false,
            "http://127.0.0.1.example.com" to false, "http://localhost.example.com" to false, "http://128.0.0.1" to false,
        )
        for ((url, yes) in allowed) assertEquals(yes, isProtected(url.toHttpUrl()), url)
        assertEquals(NetFailure.CERTIFICATE, failure(request("http://10.0.0.5/v1/hello")))
        assertEquals(NetFailure.BROKEN, failure(request("no address")))
    }

    @Test
    fun whoCannotBeReachedIsUnreachable() {
        val free = ServerSocket(0, 1, loopback).use { it.localPort }
        assertEquals(NetFailure.UNREACHABLE, failure(request("http://127.0.0.1:$free/")))
        assertEquals(NetFailure.UNREACHABLE, failure(request("https://no-such-name.invalid/")))
    }

    @Test
    fun redirectsAreAnswersLikeOthers() {
        val url = serve {
            it.responseHeaders.add("Location", "/elsewhere")
            it.answer(if (it.requestURI.path == "/") 302 else 200, "here".toByteArray())
        }
        val reply = call(request(url))
        assertEquals(302, reply.status.toInt())
        assertEquals("/elsewhere", reply.headers.single { it.name == "location" }.value)
    }

    @Test
    fun aPartOfAFileIsSentAsItIs() {
        var got = ByteArray(0)
        var said: String? = null
        val url = serve {
            said = it.requestHeaders.getFirst("content-length")
            got = it.requestBody.readBytes()
            it.answer(204, ByteArray(0))
        }
        val whole = ByteArray(300_000) { (it * 31 shr 3).toByte() }
        val file = File(folder, "photo").apply { writeBytes(whole) }
        var counted = 0L
        val reply = runBlocking {
            val part = HttpBody.File(file.path, 1_000u, 250_000u)
            http.call(request(url, "PATCH", part)) { up, _ -> synchronized(this) { counted += up } }
        }
        assertEquals(204, reply.status.toInt())
        assertEquals("250000", said)
        assertArrayEquals(whole.copyOfRange(1_000, 251_000), got)
        assertEquals(250_000, counted)
        assertEquals(NetFailure.BROKEN, failure(request(url, "PATCH", HttpBody.File(file.path, 299_999u, 2u))))
        assertEquals(NetFailure.BROKEN, failure(request(url, "PATCH", HttpBody.File("${file.path}.gone", 0u, 2u))))
    }

    @Test
    fun aDownloadIsThereWholeOrNotAtAll() {
        var status = 200
        val url = serve {
            when (it.requestURI.path) {
                "/short" -> it.sendResponseHeaders(200, 90).also { _ -> it.responseBody.write(ByteArray(40)) }
                else -> it.answer(status, ByteArray(100) { 7 })
            }
        }
        val file = File(folder, "download")
        val saved = call(request(url, saveTo = file.path, most = 100))
        assertNull(saved.body)
        assertEquals(100, file.length())
        // What is there stays: the core names a file that does not exist.
        assertEquals(NetFailure.BROKEN, failure(request(url, saveTo = file.path)))
        assertEquals(100, file.length())
        for ((from, most) in listOf(url to 99, "$url/short" to 100)) {
            assertEquals(NetFailure.BROKEN, failure(request(from, saveTo = "${file.path}2", most = most)))
            assertFalse(File("${file.path}2").exists())
        }
        assertEquals(NetFailure.BROKEN, failure(request(url, most = 99)))
        status = 404
        assertEquals(100, call(request(url, saveTo = "${file.path}3", most = 1)).body?.size)
        assertFalse(File("${file.path}3").exists())
    }

    @Test
    fun aCallThatIsCancelledEndsAtOnceAndLeavesNoFile() {
        val over = CountDownLatch(1)
        val url = serve {
            it.sendResponseHeaders(200, 1_000_000)
            it.responseBody.write(ByteArray(1_000))
            it.responseBody.flush()
            over.await(20, TimeUnit.SECONDS)
        }
        val file = File(folder, "download")
        try {
            runBlocking {
                val calling = async(Dispatchers.IO) { http.call(request(url, saveTo = file.path, most = 2_000_000)) }
                while (file.length() < 1_000) delay(10)
                calling.cancelAndJoin()
                assertThrows<CancellationException> { runBlocking { calling.await() } }
            }
        } finally {
            over.countDown()
        }
        // The thread that wrote it cleans up after itself.
        while (file.exists()) Thread.yield()
    }

    @Test
    fun aServerThatHangsUpIsBroken() {
        ServerSocket(0, 1, loopback).use { socket ->
            val listening = thread { repeat(2) { runCatching { socket.accept().close() } } }
            assertEquals(NetFailure.BROKEN, failure(request("http://127.0.0.1:${socket.localPort}/", "POST")))
            socket.close()
            listening.join()
        }
    }

    @Test
    fun aProxyThatTheClientHasIsUsed() {
        var asked: String? = null
        val url = serve {
            asked = it.requestURI.toString()
            it.answer(200, "by the proxy".toByteArray())
        }
        val proxy = Proxy(Proxy.Type.HTTP, InetSocketAddress(loopback, url.substringAfterLast(':').toInt()))
        val through = HubHttp(OkHttpClient.Builder().proxy(proxy).build())
        val reply = runBlocking { through.call(request("http://127.0.0.1:9/v1/hello")) }
        assertEquals("by the proxy", reply.body?.decodeToString())
        assertEquals("http://127.0.0.1:9/v1/hello", asked)
    }

    @Test
    fun theAgentNamesTheVersionThatIsBuilt() {
        var agent: String? = null
        val url = serve {
            agent = it.requestHeaders.getFirst("user-agent")
            it.answer(200, ByteArray(0))
        }
        call(request(url))
        assertEquals("redvest-android/${System.getProperty("redvest.version")}", agent)
        assertTrue(RedVest.VERSION == System.getProperty("redvest.version"))
    }
}
