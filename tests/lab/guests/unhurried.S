# Says "ready" on the serial line; when the power button is pressed it thinks for up to 1.8 s, each time for another while, says "off"
# and powers off: for those who measure what waits for it.
.include "serial.S"

main:
    set_up
    listen_to_power_button
    movw $greeting, %si
    call print_text
wait:
    hlt
    test_power_button
    jz wait
    call make_nonce              # in ebx
    shrl $27, %ebx               # 0 to 31 ticks of 55 ms
    jz off
think:
    hlt
    decl %ebx
    jnz think
off:
    movw $farewell, %si
    call print_text
    power_off
    cli                          # QEMU takes a moment: not another word until then
gone:
    hlt
    jmp gone
greeting: .asciz "\nready\n"
farewell: .asciz "off\n"

.org 510
.word 0xaa55
